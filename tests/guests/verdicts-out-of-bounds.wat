(func $spoil (param $answer i32)
  (i32.store offset=24 (local.get $answer) (i32.const -1024)))
