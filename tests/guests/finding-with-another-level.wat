;; Flagged, with a finding that has a level of its own making.
(data (i32.const 7168) "{\"v\":1,\"level\":\"low\",\"findings\":[{\"rule\":\"a\",\"level\":\"odd\"}]}") ;; 61 bytes
(func $spoil (param $answer i32)
  (i32.store (i32.const 8200) (i32.const 7168))
  (i32.store (i32.const 8204) (i32.const 61)))
