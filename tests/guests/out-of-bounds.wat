(func $misbehave (i32.store (i32.const -8) (i32.const 1)))
