//! Weights between bytes and numbers, with the tensor's name in every error.

use senselm_gguf::Writer;
use senselm_quant::{GgmlType, dequantize, quantize};

use crate::ConvertError;

/// The weights of a tensor.
pub(crate) fn decode(name: &str, ty: GgmlType, bytes: &[u8]) -> Result<Vec<f32>, ConvertError> {
    let mut values = vec![0.0; bytes.len() / ty.block_bytes() * ty.block_len()];
    dequantize(ty, bytes, &mut values).map_err(|source| ConvertError::Quantize {
        name: name.to_owned(),
        source,
    })?;
    Ok(values)
}

/// Adds a tensor of finite weights to a file.
pub(crate) fn add(
    writer: &mut Writer<'_>,
    name: &str,
    dims: &[u64],
    ty: GgmlType,
    values: &[f32],
) -> Result<(), ConvertError> {
    if let Some(index) = values.iter().position(|v| !v.is_finite()) {
        return Err(ConvertError::NotFinite {
            name: name.to_owned(),
            index,
            value: values[index],
        });
    }
    let mut bytes = vec![0; ty.bytes_for(values.len()).unwrap_or_default()];
    quantize(ty, values, &mut bytes).map_err(|source| ConvertError::Quantize {
        name: name.to_owned(),
        source,
    })?;
    writer.tensor(name, dims, ty, bytes)?;
    Ok(())
}
