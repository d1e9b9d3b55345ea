(func $check unreachable)
