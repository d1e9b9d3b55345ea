(func $spoil (param $answer i32)
  (i32.store
    (i32.add (i32.const 8168) (i32.mul (i32.const 24) (i32.load offset=28 (local.get $answer))))
    (i32.const 1000000)))
