;; Tells of a record where there is none.
(func $refuse (param $answer i32)
  (i32.store (i32.const 8192) (i32.const 1))
  (i32.store offset=8 (local.get $answer) (i32.const 1)))
