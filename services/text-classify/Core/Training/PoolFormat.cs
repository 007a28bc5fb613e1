using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>Reads the pool's tab-separated rows: source, split, lang, labels, unknown, aux, text, with a header line.</summary>
public static class PoolFormat
{
    private const string Header = "source\tsplit\tlang\tlabels\tunknown\taux\ttext";

    /// <summary>Reads the rows of one file.</summary>
    /// <param name="reader">The decompressed text.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">A line does not have the format; the message names file, line and column.</exception>
    public static IEnumerable<TrainingRow> Read(TextReader reader, string name)
    {
        if (reader.ReadLine() is not { } header || header != Header)
            throw new InvalidDataException($"{name}, line 1: the header must be '{Header.Replace("\t", " <tab> ", StringComparison.Ordinal)}'.");
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            if (text.Length > 0) yield return Parse(text, name, line);
        }
    }

    private static TrainingRow Parse(string text, string name, int line)
    {
        var columns = text.Split('\t', 7);
        if (columns.Length != 7) throw new InvalidDataException($"{name}, line {line}: 7 columns are needed, {columns.Length} found.");
        var part = columns[1] switch
        {
            "train" => DataPart.Train,
            "dev" => DataPart.Dev,
            "test" => DataPart.Test,
            _ => throw new InvalidDataException($"{name}, line {line}: split is '{columns[1]}'; it must be train, dev or test."),
        };
        var positive = Labels(columns[3], name, line, "labels");
        var unknown = Labels(columns[4], name, line, "unknown");
        var known = (byte)(~unknown & ((1 << TextLabels.Count) - 1) | positive);
        return new TrainingRow(columns[0], part, columns[2], positive, known, columns[6]) { Auxiliary = columns[5] };
    }

    private static byte Labels(string list, string name, int line, string column)
    {
        byte bits = 0;
        foreach (var range in list.AsSpan().Split(','))
        {
            var item = list.AsSpan(range).Trim();
            // The one label that exists in such data and that no model of ours may learn carries no bit.
            if (item.IsEmpty || item.SequenceEqual("benign") || item.SequenceEqual("none") || item.SequenceEqual("sexual_minors")) continue;
            var index = TextLabels.IndexOf(item);
            if (index < 0) throw new InvalidDataException($"{name}, line {line}: column {column} names an unknown label '{item}'.");
            bits |= (byte)(1 << index);
        }
        return bits;
    }
}
