;; One instruction that writes a megabyte, for ever: bulk operations must cost what they do.
(func $misbehave
  (drop (memory.grow (i32.const 16)))
  (loop $again (memory.fill (i32.const 131072) (i32.const 0) (i32.const 1000000)) (br $again)))
