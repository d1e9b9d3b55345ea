;; A source of 5,000 bytes, all of them valid text, though of no path.
(func $spoil (param $answer i32)
  (memory.fill (i32.const 40000) (i32.const 97) (i32.const 5000))
  (i64.store (i32.const 1024) (i64.const 0x3000000f0))
  (i32.store (i32.const 1032) (i32.const 40000))
  (i32.store (i32.const 1036) (i32.const 5000))
  (i32.store (i32.const 1040) (i32.const 1))
  (i32.store offset=32 (local.get $answer) (i32.const 1024))
  (i32.store offset=36 (local.get $answer) (i32.const 1)))
