;; Flagged, by one rule and by one that has no name.
(data (i32.const 7168) "{\"v\":1,\"level\":\"low\",\"findings\":[{\"rule\":\"a\"},{\"level\":\"low\"}]}") ;; 63 bytes
(func $spoil (param $answer i32)
  (i32.store (i32.const 8200) (i32.const 7168))
  (i32.store (i32.const 8204) (i32.const 63)))
