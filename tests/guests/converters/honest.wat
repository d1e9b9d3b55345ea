;; Misbehaves nowhere.
