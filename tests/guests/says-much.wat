;; Of every flagged record as much as may be said of one.
(data (i32.const 7168) "{\"v\":1,\"level\":\"low\",\"findings\":[{\"rule\":\"a\",\"title\":\"") ;; 54 bytes
(data (i32.const 7296) "\"}]}") ;; 4 bytes
(func $spoil (param $answer i32)
  (local $mark i32)
  (if (i32.lt_u (memory.size) (i32.const 32)) (then (drop (memory.grow (i32.const 32)))))
  (memory.copy (i32.const 1048576) (i32.const 7168) (i32.const 54))
  (memory.fill (i32.const 1048630) (i32.const 97) (i32.const 200000))
  (memory.copy (i32.const 1248630) (i32.const 7296) (i32.const 4))
  (local.set $mark (i32.const 8192))
  (loop $next
    (i32.store offset=8 (local.get $mark) (i32.const 1048576))
    (i32.store offset=12 (local.get $mark) (i32.const 200058))
    (local.set $mark (i32.add (local.get $mark) (i32.const 24)))
    (br_if $next (i32.lt_u (local.get $mark)
      (i32.add (i32.const 8192) (i32.mul (i32.const 24) (i32.load offset=28 (local.get $answer))))))))
