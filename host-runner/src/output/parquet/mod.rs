//! Rows into a Parquet file.
//!
//! Takes pages whose records were converted to rows, one JSON object each; gives a file to a writer. Rows are held until
//! a row group is full and are written column by column; nothing else is held but where in the file groups are. The same
//! rows give the same bytes.

mod columns;
mod ddl;
mod schema;
mod shredder;

pub(crate) use columns::is_row;
pub(crate) use ddl::ddl;

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};

use super::{Delivery, Output};
use crate::metrics::Counters;
use shredder::{Leaf, Misfit, Shredder, Values};

/// How much of rows is held, as they lie in memory, before they are written. Athena reads a group at a time and asks for
/// large ones.
const GROUP_BYTES: usize = 128 << 20;

/// Writes rows.
pub struct Parquet<W: Write + Send> {
    file: SerializedFileWriter<W>,
    waiting: Shredder,
    group_bytes: usize,
}

impl<W: Write + Send> Parquet<W> {
    /// A file that begins in `to`.
    pub fn begin(to: W) -> io::Result<Self> {
        Self::in_groups_of(GROUP_BYTES, to)
    }

    /// The same with row groups of about so many bytes, as rows lie in memory.
    pub fn in_groups_of(group_bytes: usize, to: W) -> io::Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("trailsieve ", env!("CARGO_PKG_VERSION")).to_owned())
            // Those of pages would be held to the end of the file.
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let file = schema::schema().and_then(|schema| SerializedFileWriter::new(to, schema, Arc::new(properties)));
        Ok(Self { file: file.map_err(failed)?, waiting: Shredder::new(), group_bytes })
    }

    /// Writes what waits and ends the file, which is none before. Tells how many bytes it has.
    pub fn end(mut self) -> io::Result<u64> {
        self.write_group()?;
        self.file.finish().map_err(failed)?;
        Ok(self.file.bytes_written() as u64)
    }

    fn write_group(&mut self) -> io::Result<()> {
        if self.waiting.rows == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group().map_err(failed)?;
        for leaf in self.waiting.take() {
            let column = group.next_column().and_then(|column| column.ok_or(ParquetError::EOF(String::new())));
            column.and_then(|column| write(leaf, column)).map_err(failed)?;
        }
        group.close().map(drop).map_err(failed)
    }
}

/// Writes one leaf of a row group. A column outside of lists has no levels of repetition.
fn write(leaf: Leaf, mut column: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
    let Leaf { values, definition, repetition } = leaf;
    let (definition, repetition) = (Some(definition.as_slice()), Some(repetition.as_slice()));
    match (values, column.untyped()) {
        (Values::Texts(texts), ColumnWriter::ByteArrayColumnWriter(_)) => {
            column.typed::<ByteArrayType>().write_batch(&texts, definition, repetition)?
        }
        (Values::Times(times), ColumnWriter::Int64ColumnWriter(_)) => {
            column.typed::<Int64Type>().write_batch(&times, definition, repetition)?
        }
        _ => return Err(ParquetError::General("a column of another type".to_owned())),
    };
    column.close()
}

impl<W: Write + Send> Output for Parquet<W> {
    fn write(&mut self, delivery: &Delivery<'_>, _: &mut Counters) -> io::Result<()> {
        for row in delivery.copies().lines.lines() {
            let row = serde_json::from_str(row)?;
            self.waiting.add(&row).map_err(|Misfit| io::Error::other("a row does not fit its columns"))?;
            if self.waiting.bytes >= self.group_bytes {
                self.write_group()?;
            }
        }
        Ok(())
    }
}

/// What is wrong with the writer below, as it said it; else what is wrong with the file.
fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}
