;; The same rule and source a second time, so that sums would be larger than the batch.
(func $spoil (param $answer i32)
  (i64.store (i32.const 1024) (i64.const 0x3000000f0))
  (i64.store (i32.const 1032) (i64.const 0x3000000f0))
  (i32.store (i32.const 1040) (i32.const 1))
  (memory.copy (i32.const 1044) (i32.const 1024) (i32.const 20))
  (i32.store offset=32 (local.get $answer) (i32.const 1024))
  (i32.store offset=36 (local.get $answer) (i32.const 2)))
