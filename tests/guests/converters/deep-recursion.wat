(func $down (param i64 i64) (result i64)
  (i64.add (call $down (i64.add (local.get 0) (i64.const 1)) (local.get 1)) (local.get 0)))
(func $misbehave (drop (call $down (i64.const 0) (i64.const 0))))
