;; One answer more than there are records.
(func $spoil (param $answer i32)
  (i32.store offset=8 (local.get $answer) (i32.add (i32.const 1) (i32.load offset=8 (local.get $answer)))))
