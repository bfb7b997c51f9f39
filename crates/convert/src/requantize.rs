//! The same model with its weights stored in other types.

use senselm_arch::{TensorId, TensorKind};
use senselm_gguf::{Gguf, OwnedValue, TensorInfo, Writer, keys};

use crate::architecture::require_gpt2;
use crate::metadata::QUANTIZATION_VERSION;
use crate::target::{Context, Types, layer};
use crate::{ConvertError, Converted, Target, encode};

/// Stores the weights of a GPT-2 file as `target`, a name of [`Target`].
///
/// Every key is kept (`senselm.*` too) save the two that state the file type.
/// Tensors come out in llama.cpp's order, so that from an F32 file of llama.cpp
/// this gives the bytes that `llama-quantize` gives. A tensor that has its type
/// already is copied; another one is decoded first, so requantizing a quantized
/// file adds one loss to the other: start from F32 or F16 where there is one.
///
/// # Errors
/// [`ConvertError`] names what is wrong with the file or the name.
pub fn requantize(bytes: &[u8], target: &str) -> Result<Converted, ConvertError> {
    let target = Target::from_name(target)?;
    let file = Gguf::parse(bytes)?;
    file.check_damage()?;
    require_gpt2(file.metadata())?;
    let context = Context {
        layers: file.metadata().u32(keys::GPT2_BLOCK_COUNT)?.into(),
        tied: file
            .tensor(&TensorId::weight(TensorKind::Head).gguf())
            .is_none(),
    };
    let mut types = Types::new(target, context);
    let mut writer = Writer::new();
    let replaced = [keys::GENERAL_QUANTIZATION_VERSION, keys::GENERAL_FILE_TYPE];
    for (key, value) in file.metadata().iter() {
        if !replaced.contains(&key) {
            writer.set(key, OwnedValue::from(value))?;
        }
    }
    writer.set(keys::GENERAL_QUANTIZATION_VERSION, QUANTIZATION_VERSION)?;
    writer.set(keys::GENERAL_FILE_TYPE, target.id())?;

    let mut tensors: Vec<&TensorInfo<'_>> = file.tensors().iter().collect();
    tensors.sort_by_key(|tensor| (layer(tensor.name), tensor.name));
    for tensor in tensors {
        let (name, dims) = (tensor.name, tensor.dims.as_slice());
        let data = file.tensor_bytes(tensor);
        let ty = types.of(name, dims);
        if ty == tensor.ty {
            writer.tensor(name, dims, ty, data)?;
        } else {
            let values = encode::decode(name, tensor.ty, data)?;
            encode::add(&mut writer, name, dims, ty, &values)?;
        }
    }
    Ok(Converted {
        file: writer.to_bytes()?,
        warnings: types.warning().into_iter().collect(),
    })
}
