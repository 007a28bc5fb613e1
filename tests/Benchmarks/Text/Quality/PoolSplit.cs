using System.IO.Compression;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Training;

namespace Moderation.Benchmarks.Text.Quality;

/// <summary>The texts that a scorer is asked about: as submitted, and as the model's normaliser leaves them.</summary>
internal sealed record TextSet(string[] Submitted, string[] Normalized)
{
    public static TextSet Of(IEnumerable<string> submitted)
    {
        string[] texts = [.. submitted];
        return new TextSet(texts, [.. texts.Select(TextModelTrainer.ModelText)]);
    }
}

/// <summary>The pool, carved into parts by the trainer's own recipe and seed.</summary>
internal sealed class PoolSplit
{
    public const ulong Seed = 1;

    private PoolSplit(IReadOnlyList<TrainingRow> rows)
    {
        Rows = rows;
        var parts = SplitRecipe.Assign(rows, Seed);
        Train = Part(DataPart.Train);
        Dev = Part(DataPart.Dev);
        Test = Part(DataPart.Test);

        TrainingRow[] Part(DataPart part) => [.. rows.Where((_, i) => parts[i] == part)];
    }

    /// <summary>All rows, as a trainer takes them.</summary>
    public IReadOnlyList<TrainingRow> Rows { get; }

    public TrainingRow[] Train { get; }

    public TrainingRow[] Dev { get; }

    public TrainingRow[] Test { get; }

    public static PoolSplit Read(DirectoryInfo data, bool verifiedLicencesOnly)
    {
        var pool = Path.Combine(data.FullName, "text", "pool");
        using var manifest = new StreamReader(Path.Combine(pool, "MANIFEST.md"));
        var sources = SourceCatalogue.Parse(manifest);
        var rows = new List<TrainingRow>();
        foreach (var file in Directory.GetFiles(pool, "*.tsv.gz").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file)[..^".tsv.gz".Length];
            if (UnfitSources.Reason(name) is not null || (verifiedLicencesOnly && !sources[name].LicenceVerified)) continue;
            using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            rows.AddRange(PoolFormat.Read(reader, name));
        }
        return new PoolSplit(rows);
    }
}

/// <summary>Something that gives each text a number for each label; more means likelier.</summary>
internal interface IScorer
{
    string Name { get; }

    /// <summary>Bytes of what has to be shipped.</summary>
    long Size { get; }

    /// <summary>One row of numbers a label, in the order of the texts.</summary>
    float[][] Scores(TextSet texts);
}

/// <summary>A model of ours.</summary>
internal sealed class OurScorer(string name, TextModel model, long size) : IScorer
{
    public string Name => name;

    public long Size => size;

    public float[][] Scores(TextSet texts)
    {
        var scores = ScoreRows.For(texts.Normalized.Length);
        Span<float> own = stackalloc float[TextLabels.Count];
        for (var i = 0; i < texts.Normalized.Length; i++)
        {
            model.Score(texts.Normalized[i], own);
            for (var label = 0; label < TextLabels.Count; label++) scores[label][i] = own[label];
        }
        return scores;
    }
}

internal static class ScoreRows
{
    public static float[][] For(int texts) => [.. Enumerable.Range(0, TextLabels.Count).Select(_ => new float[texts])];
}
