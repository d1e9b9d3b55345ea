(table $t 1 funcref)
(func $misbehave (loop $again (drop (table.grow $t (ref.null func) (i32.const 10000))) (br $again)))
