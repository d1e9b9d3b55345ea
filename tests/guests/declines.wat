;; Answers that it cannot judge the batch.
(func $spoil (param $answer i32)
  (i32.store (local.get $answer) (i32.const 1))
  (i32.store offset=4 (local.get $answer) (i32.const 240))
  (i32.store offset=8 (local.get $answer) (i32.const 3)))
