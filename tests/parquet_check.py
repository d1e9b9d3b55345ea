"""Reads Parquet files with Arrow and prints for each, as one line of JSON, its columns with their types and its rows."""

import datetime
import json
import sys

import pyarrow
import pyarrow.parquet


def type_of(kind):
    if pyarrow.types.is_struct(kind):
        fields = [kind.field(number) for number in range(kind.num_fields)]
        return {"struct": [[field.name, type_of(field.type)] for field in fields]}
    if pyarrow.types.is_list(kind):
        return {"array": type_of(kind.value_type)}
    return str(kind)


def value_of(value):
    if isinstance(value, datetime.datetime):
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return (value - epoch) // datetime.timedelta(milliseconds=1)
    if isinstance(value, dict):
        return {name: value_of(member) for name, member in value.items()}
    if isinstance(value, list):
        return [value_of(element) for element in value]
    return value


for path in sys.argv[1:]:
    file = pyarrow.parquet.ParquetFile(path)
    columns = [[field.name, type_of(field.type)] for field in file.schema_arrow]
    groups = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    packed = {file.metadata.row_group(0).column(0).compression} if groups else set()
    told = {"columns": columns, "groups": groups, "packed": sorted(packed), "by": file.metadata.created_by}
    told["rows"] = [value_of(row) for row in file.read().to_pylist()]
    print(json.dumps(told))
