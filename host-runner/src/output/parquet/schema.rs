//! The columns as the types of a Parquet file.
//!
//! A list has the three levels that the format asks for; everything else may be absent by itself.

use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::Result;
use parquet::schema::types::{Type, TypePtr};

use super::columns::{COLUMNS, Column, Kind};

/// The type of a row.
pub(super) fn schema() -> Result<TypePtr> {
    Ok(Arc::new(Type::group_type_builder("record").with_fields(members(COLUMNS)?).build()?))
}

fn members(columns: &[Column]) -> Result<Vec<TypePtr>> {
    columns.iter().map(|column| member(column.name, &column.kind)).collect()
}

fn member(name: &str, kind: &Kind) -> Result<TypePtr> {
    let optional = || Type::group_type_builder(name).with_repetition(Repetition::OPTIONAL);
    let of = match kind {
        Kind::Text => {
            let text = Type::primitive_type_builder(name, Physical::BYTE_ARRAY);
            text.with_logical_type(Some(LogicalType::String)).build()?
        }
        Kind::Time => {
            let moment = Some(LogicalType::timestamp(true, TimeUnit::MILLIS));
            Type::primitive_type_builder(name, Physical::INT64).with_logical_type(moment).build()?
        }
        Kind::Struct(columns) => optional().with_fields(members(columns)?).build()?,
        Kind::List(element) => {
            let elements = Type::group_type_builder("list").with_repetition(Repetition::REPEATED);
            let elements = Arc::new(elements.with_fields(vec![member("element", element)?]).build()?);
            let list = optional().with_logical_type(Some(LogicalType::List)).with_converted_type(ConvertedType::LIST);
            list.with_fields(vec![elements]).build()?
        }
    };
    Ok(Arc::new(of))
}
