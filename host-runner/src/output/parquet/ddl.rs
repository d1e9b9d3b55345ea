//! The definition of the table in SQL, for Athena: from the same columns as the file.

use super::columns::{COLUMNS, Column, Kind};

/// The statement, with a place that is to be put in by whoever runs it.
pub(crate) fn ddl() -> String {
    let columns: Vec<String> =
        COLUMNS.iter().map(|Column { name, kind }| format!("  `{name}` {}", type_of(kind))).collect();
    format!(
        "CREATE EXTERNAL TABLE IF NOT EXISTS cloudtrail_trailsieve (\n{}\n)\nSTORED AS PARQUET\n\
         LOCATION 's3://BUCKET/FOLDER/'\nTBLPROPERTIES ('parquet.compression'='SNAPPY');\n",
        columns.join(",\n")
    )
}

fn type_of(kind: &Kind) -> String {
    match kind {
        Kind::Text => "string".to_owned(),
        Kind::Time => "timestamp".to_owned(),
        Kind::Struct(members) => {
            let members = members.iter().map(|Column { name, kind }| format!("{name}:{}", type_of(kind)));
            format!("struct<{}>", members.collect::<Vec<_>>().join(","))
        }
        Kind::List(element) => format!("array<{}>", type_of(element)),
    }
}
