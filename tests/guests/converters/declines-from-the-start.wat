;; Knows nothing of what it is asked for.
(func $refuse (param $answer i32)
  (i32.store8 (local.get $answer) (i32.const 1))
  (i32.store offset=4 (local.get $answer) (i32.const 304))
  (i32.store offset=8 (local.get $answer) (i32.const 7)))
