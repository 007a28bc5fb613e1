using Microsoft.ML.OnnxRuntime;
using Moderation.TextClassify.Onnx;

namespace Moderation.TextClassify.Host.Onnx;

/// <summary>Runs model.onnx over rows of token ids.</summary>
internal sealed class OnnxSession : IDisposable
{
    private const string Ids = "input_ids";
    private const string Mask = "attention_mask";
    private const string Types = "token_type_ids";
    private const string Positions = "position_ids";

    private readonly InferenceSession _session;
    private readonly string _output;
    private readonly int _padId;
    private readonly int? _fixedLength;

    private OnnxSession(InferenceSession session, string output, int padId, int? fixedLength, int? fixedRows) =>
        (_session, _output, _padId, _fixedLength, FixedRows) = (session, output, padId, fixedLength, fixedRows);

    /// <summary>Rows that a run must have where the model leaves no choice.</summary>
    public int? FixedRows { get; }

    /// <summary>Opens the model of a folder and checks that it is what labels.yaml says.</summary>
    /// <exception cref="InvalidDataException">It is not, or can't be opened.</exception>
    public static OnnxSession Open(string folder, OnnxManifest manifest, int padId)
    {
        var path = Path.Combine(folder, OnnxModelFolder.ModelFile);
        InferenceSession session;
        try
        {
            using var options = new Microsoft.ML.OnnxRuntime.SessionOptions
            {
                IntraOpNumThreads = manifest.Limits.Threads,
                InterOpNumThreads = 1,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException wrong)
        {
            throw new InvalidDataException($"{path} can't be opened: {wrong.Message}", wrong);
        }
        try
        {
            return Check(session, path, manifest, padId);
        }
        catch (InvalidDataException)
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The outputs of each row, in their order.</summary>
    /// <exception cref="OnnxRuntimeException">The model failed.</exception>
    public float[][] Run(IReadOnlyList<int[]> rows)
    {
        var count = FixedRows ?? rows.Count;
        var length = _fixedLength ?? rows.Max(r => r.Length);
        var (ids, mask) = (new long[count * length], new long[count * length]);
        Array.Fill(ids, _padId);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var i = 0; i < rows[row].Length; i++) (ids[row * length + i], mask[row * length + i]) = (rows[row][i], 1);
        }
        long[] shape = [count, length];
        var inputs = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        try
        {
            foreach (var name in _session.InputMetadata.Keys)
            {
                inputs[name] = OrtValue.CreateTensorValueFromMemory(
                    name switch { Ids => ids, Mask => mask, Positions => [.. Enumerable.Range(0, ids.Length).Select(i => (long)(i % length))], _ => new long[ids.Length] }, shape);
            }
            using var run = new RunOptions();
            using var outputs = _session.Run(run, inputs, [_output]);
            var values = outputs[0].GetTensorDataAsSpan<float>();
            var width = values.Length / count;
            var answers = new float[rows.Count][];
            for (var row = 0; row < answers.Length; row++) answers[row] = values.Slice(row * width, width).ToArray();
            return answers;
        }
        finally
        {
            foreach (var input in inputs.Values) input.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static OnnxSession Check(InferenceSession session, string path, OnnxManifest manifest, int padId)
    {
        var inputs = session.InputMetadata;
        if (!inputs.TryGetValue(Ids, out var ids)) throw new InvalidDataException($"{path} has no input {Ids}; it has {Names(inputs)}.");
        foreach (var (name, input) in inputs)
        {
            if (name is not (Ids or Mask or Types or Positions)) throw new InvalidDataException($"{path} asks for the input {name}; only {Ids}, {Mask}, {Types} and {Positions} can be given.");
            if (input.ElementDataType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64 || input.Dimensions.Length != 2)
                throw new InvalidDataException($"{path}: the input {name} must be int64 of rows and tokens; it is {input.ElementDataType} of {input.Dimensions.Length} dimensions.");
        }
        var fixedLength = ids.Dimensions[1] > 0 ? ids.Dimensions[1] : (int?)null;
        if (fixedLength < manifest.Tokenizer.MaxTokens)
            throw new InvalidDataException($"{path} takes {fixedLength} tokens; {OnnxManifestReader.FileName} has tokenizer.max_tokens {manifest.Tokenizer.MaxTokens}: it can be at most that.");
        var output = manifest.Output.Length > 0 ? manifest.Output : session.OutputMetadata.Keys.First();
        if (!session.OutputMetadata.TryGetValue(output, out var shape)) throw new InvalidDataException($"{path} has no output {output}; it has {Names(session.OutputMetadata)}.");
        if (shape.ElementDataType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float || shape.Dimensions.Length != 2)
            throw new InvalidDataException($"{path}: the output {output} must be float32 of rows and labels; it is {shape.ElementDataType} of {shape.Dimensions.Length} dimensions.");
        return new OnnxSession(session, output, padId, fixedLength, ids.Dimensions[0] > 0 ? ids.Dimensions[0] : null);
    }

    private static string Names(IReadOnlyDictionary<string, NodeMetadata> nodes) => string.Join(", ", nodes.Keys.Order(StringComparer.Ordinal));
}
