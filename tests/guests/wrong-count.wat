;; One clean record more than there are.
(func $spoil (param $answer i32)
  (i32.store offset=4 (local.get $answer) (i32.add (i32.const 1) (i32.load offset=4 (local.get $answer)))))
