;; Flagged by a rule whose name has 5,000 bytes.
(data (i32.const 7168) "{\"v\":1,\"level\":\"low\",\"findings\":[{\"rule\":\"") ;; 42 bytes
(data (i32.const 7296) "\"}]}") ;; 4 bytes
(func $spoil (param $answer i32)
  (drop (memory.grow (i32.const 32)))
  (memory.copy (i32.const 1048576) (i32.const 7168) (i32.const 42))
  (memory.fill (i32.const 1048618) (i32.const 97) (i32.const 5000))
  (memory.copy (i32.const 1053618) (i32.const 7296) (i32.const 4))
  (i32.store (i32.const 8200) (i32.const 1048576))
  (i32.store (i32.const 8204) (i32.const 5046)))
