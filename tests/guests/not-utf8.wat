(func $spoil (param $answer i32)
  (i32.store (i32.const 8200) (i32.const 192))
  (i32.store (i32.const 8204) (i32.const 4)))
