;; The sum is right, but a flagged record is counted as malformed.
(func $spoil (param $answer i32)
  (i32.store offset=8 (local.get $answer) (i32.sub (i32.load offset=8 (local.get $answer)) (i32.const 1)))
  (i32.store offset=16 (local.get $answer) (i32.const 1)))
