(func $spoil (param $answer i32)
  (i32.store offset=8 (local.get $answer) (i32.sub (i32.load offset=8 (local.get $answer)) (i32.const 1))))
