;; Flagged, and does not say how grave.
(data (i32.const 7168) "{\"v\":1,\"findings\":[{\"rule\":\"guest/low\",\"level\":\"low\"}]}") ;; 55 bytes
(func $spoil (param $answer i32)
  (i32.store (i32.const 8200) (i32.const 7168))
  (i32.store (i32.const 8204) (i32.const 55)))
