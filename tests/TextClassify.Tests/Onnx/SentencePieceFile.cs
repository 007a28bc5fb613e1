namespace Moderation.TextClassify.Tests.Onnx;

/// <summary>Writes a SentencePiece model; field numbers are those of sentencepiece_model.proto.</summary>
internal static class SentencePieceFile
{
    public const int Unigram = 1;
    public const int BytePairs = 2;

    /// <param name="kind">Unigram or byte pairs.</param>
    /// <param name="pieces">Pieces with their scores, from id 3 on; 0, 1 and 2 are the unknown one and the two ends.</param>
    public static byte[] Write(int kind, params (string Piece, float Score)[] pieces)
    {
        var model = new ProtoWriter()
            .Message(1, new ProtoWriter().Text(1, "<unk>").Float(2, 0).Number(3, 2))
            .Message(1, new ProtoWriter().Text(1, "<s>").Float(2, 0).Number(3, 3))
            .Message(1, new ProtoWriter().Text(1, "</s>").Float(2, 0).Number(3, 3));
        foreach (var (piece, score) in pieces) model.Message(1, new ProtoWriter().Text(1, piece).Float(2, score).Number(3, 1));
        return model
            .Message(2, new ProtoWriter().Number(3, kind).Number(40, 0).Number(41, 1).Number(42, 2).Text(45, "<unk>").Text(46, "<s>").Text(47, "</s>"))
            .Message(3, new ProtoWriter().Text(1, "identity").Number(3, 1).Number(4, 1).Number(5, 1))
            .ToArray();
    }
}
