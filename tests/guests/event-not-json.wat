(func $spoil (param $answer i32)
  (i32.store (i32.const 8208) (i32.const 256))
  (i32.store (i32.const 8212) (i32.const 8)))
