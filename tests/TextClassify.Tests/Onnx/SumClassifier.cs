using System.Runtime.InteropServices;

namespace Moderation.TextClassify.Tests.Onnx;

/// <summary>
/// Writes an ONNX model that can be worked out by hand: each token id has a weight for each label, and a row's output is the sum over its tokens,
/// padding left out by the mask. Field numbers are those of onnx.proto (IR version 8, operators of version 17).
/// </summary>
internal static class SumClassifier
{
    private const int Float32 = 1;
    private const int Int64 = 7;

    /// <param name="vocabulary">Number of token ids.</param>
    /// <param name="labels">Number of outputs.</param>
    /// <param name="weights">Weights of the ids that have any.</param>
    /// <param name="inputName">The name of the ids, to make a wrong one.</param>
    /// <param name="rows">Rows of a run; 0: any number.</param>
    public static byte[] Write(int vocabulary, int labels, IReadOnlyDictionary<int, float[]> weights, string inputName = "input_ids", int rows = 0)
    {
        var table = new float[vocabulary * labels];
        foreach (var (id, values) in weights) values.CopyTo(table, id * labels);
        var graph = new ProtoWriter()
            .Message(1, Node("Gather", ["table", inputName], "tokens"))
            .Message(1, Node("Cast", ["attention_mask"], "mask", ("to", Float32)))
            .Message(1, Node("Unsqueeze", ["mask", "last"], "mask3"))
            .Message(1, Node("Mul", ["tokens", "mask3"], "kept"))
            .Message(1, Node("ReduceSum", ["kept", "middle"], "logits", ("keepdims", 0)))
            .Text(2, "sum")
            .Message(5, Tensor("table", Float32, [vocabulary, labels], MemoryMarshal.AsBytes<float>(table)))
            .Message(5, Tensor("last", Int64, [1], MemoryMarshal.AsBytes<long>([2L])))
            .Message(5, Tensor("middle", Int64, [1], MemoryMarshal.AsBytes<long>([1L])))
            .Message(11, Value(inputName, Int64, rows, null))
            .Message(11, Value("attention_mask", Int64, rows, null))
            .Message(12, Value("logits", Float32, rows, labels));
        return new ProtoWriter().Number(1, 8).Text(2, "tests").Message(7, graph).Message(8, new ProtoWriter().Text(1, "").Number(2, 17)).ToArray();
    }

    private static ProtoWriter Node(string operation, string[] inputs, string output, params (string Name, long Value)[] attributes)
    {
        var node = new ProtoWriter();
        foreach (var input in inputs) node.Text(1, input);
        node.Text(2, output).Text(4, operation);
        foreach (var (name, value) in attributes) node.Message(5, new ProtoWriter().Text(1, name).Number(3, value).Number(20, 2));
        return node;
    }

    private static ProtoWriter Tensor(string name, int type, long[] shape, ReadOnlySpan<byte> content)
    {
        var tensor = new ProtoWriter();
        foreach (var size in shape) tensor.Number(1, size);
        return tensor.Number(2, type).Text(8, name).Bytes(9, content);
    }

    private static ProtoWriter Value(string name, int type, int rows, int? columns)
    {
        var first = rows > 0 ? new ProtoWriter().Number(1, rows) : new ProtoWriter().Text(2, "rows");
        var second = columns is { } c ? new ProtoWriter().Number(1, c) : new ProtoWriter().Text(2, "tokens");
        var shape = new ProtoWriter().Message(1, first).Message(1, second);
        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Number(1, type).Message(2, shape)));
    }
}
