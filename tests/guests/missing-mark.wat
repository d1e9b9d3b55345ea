;; Counts a flagged record and does not say which.
(func $spoil (param $answer i32)
  (i32.store offset=28 (local.get $answer) (i32.sub (i32.load offset=28 (local.get $answer)) (i32.const 1))))
