(func $refuse (param $answer i32)
  (i32.store offset=4 (local.get $answer) (i32.const 256))
  (i32.store offset=8 (local.get $answer) (i32.const 8)))
