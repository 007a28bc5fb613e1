using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Moderation.TextClassify.Training;

namespace Moderation.ModCtl.Train;

/// <summary>What to train.</summary>
/// <param name="Data">Folder with MANIFEST.md and one .tsv.gz a source.</param>
/// <param name="Output">Folder for the model; created if missing.</param>
/// <param name="Seed">Seed of everything that is drawn.</param>
/// <param name="VerifiedLicencesOnly">Whether to leave out sources whose licence is not verified.</param>
/// <param name="OwnWriting">Whether to learn from the writing that the trainer carries.</param>
/// <param name="Version">The model's version.</param>
internal sealed record TrainRequest(DirectoryInfo Data, DirectoryInfo Output, ulong Seed, bool VerifiedLicencesOnly, bool OwnWriting, string Version);

/// <summary>Reads the sources, trains, and writes model.bin, manifest.json and metrics.md.</summary>
internal static class TrainRun
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static TrainingReport Run(TrainRequest request, IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        var sources = ReadSources(request.Data);
        var (rows, excluded) = ReadRows(request.Data, request.VerifiedLicencesOnly, sources, progress, cancellation);
        var result = new TextModelTrainer(request.Seed, request.OwnWriting).Train(rows, progress, cancellation);

        request.Output.Create();
        File.WriteAllBytes(Path.Combine(request.Output.FullName, "model.bin"), result.ModelFile);
        var rounded = Rounded(result.Report);
        var trained = rounded.Sources.Select(s =>
        {
            var (licence, evidence, credit) = sources.TryGetValue(s.Source, out var source)
                ? (source.Licence, source.Evidence, source.Attribution)
                : (OwnWriting.Licence, "written for this repository", "the authors of this repository");
            return new TrainedSource(s.Source, s.Train, s.Dev, s.Calibration, s.Test, s.LeftOut, licence, evidence, credit);
        });
        var document = new ModelManifest(
            request.Version, Convert.ToHexStringLower(SHA256.HashData(result.ModelFile)), result.ModelFile.Length, request.Seed, request.VerifiedLicencesOnly,
            Math.Round(rounded.MeanAveragePrecision, 4), Math.Round(rounded.DevMeanAveragePrecision, 4), rounded.Pairs, rounded.Labels, rounded.OwnWriting,
            rounded.Harmless, rounded.Calibration, rounded.Objections, rounded.Robustness, rounded.Competence, [.. trained], excluded);
        File.WriteAllText(Path.Combine(request.Output.FullName, "manifest.json"), JsonSerializer.Serialize(document, Json) + "\n");
        File.WriteAllText(Path.Combine(request.Output.FullName, "metrics.md"), MetricsPage.Write(document));
        return result.Report;
    }

    /// <summary>The sources of a folder, by name, as its MANIFEST.md describes them.</summary>
    public static IReadOnlyDictionary<string, DataSource> ReadSources(DirectoryInfo data)
    {
        var manifest = Path.Combine(data.FullName, "MANIFEST.md");
        if (!File.Exists(manifest)) throw new InvalidDataException($"--data: {data.FullName} has no MANIFEST.md; it must hold one and *.tsv.gz files.");
        using var reader = File.OpenText(manifest);
        return SourceCatalogue.Parse(reader);
    }

    /// <summary>The rows of a folder, and what was left out.</summary>
    public static (List<TrainingRow> Rows, List<ExcludedSource> Excluded) ReadRows(
        DirectoryInfo data, bool verifiedLicencesOnly, IReadOnlyDictionary<string, DataSource> sources, IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        var rows = new List<TrainingRow>();
        var excluded = new List<ExcludedSource>();
        var files = data.GetFiles("*.tsv.gz").OrderBy(f => f.Name, StringComparer.Ordinal).ToArray();
        if (files.Length == 0) throw new InvalidDataException($"--data: {data.FullName} has no *.tsv.gz file.");
        for (var i = 0; i < files.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report(new("read", (double)i / files.Length));
            var name = files[i].Name[..^".tsv.gz".Length];
            if (!sources.TryGetValue(name, out var source)) throw new InvalidDataException($"{files[i].Name}: MANIFEST.md has no row '{name}', so its licence is unknown.");
            var reason = UnfitSources.Reason(name)
                ?? (verifiedLicencesOnly && !source.LicenceVerified ? $"licence not verified: {source.Evidence}" : null);
            if (reason is not null)
            {
                excluded.Add(new ExcludedSource(name, reason));
                continue;
            }
            using var reader = new StreamReader(new GZipStream(files[i].OpenRead(), CompressionMode.Decompress));
            rows.AddRange(PoolFormat.Read(reader, files[i].Name));
        }
        return (rows, excluded);
    }

    private static TrainingReport Rounded(TrainingReport report) => report with
    {
        Pairs = [.. report.Pairs.Select(p => p with { AveragePrecision = Math.Round(p.AveragePrecision, 4) })],
        Labels =
        [
            .. report.Labels.Select(l => l with
            {
                CalibrationError = l.CalibrationError is { } e ? Math.Round(e, 4) : null,
                Threshold = Math.Round(l.Threshold, 4),
                Precision = Math.Round(l.Precision, 4),
                Recall = Math.Round(l.Recall, 4),
                F1 = Math.Round(l.F1, 4),
                IdentityFalsePositives = Math.Round(l.IdentityFalsePositives, 4),
                NewsFalsePositives = Math.Round(l.NewsFalsePositives, 4),
                CriticismFalsePositives = Math.Round(l.CriticismFalsePositives, 4),
                EverydayFalsePositives = Math.Round(l.EverydayFalsePositives, 4),
            }),
        ],
        OwnWriting =
        [
            .. report.OwnWriting.Select(o => o with
            {
                AveragePrecision = Math.Round(o.AveragePrecision, 4),
                Recall = Math.Round(o.Recall, 4),
                FalsePositives = Math.Round(o.FalsePositives, 4),
            }),
        ],
        Harmless = [.. report.Harmless.Select(h => h with { Flagged = Math.Round(h.Flagged, 4) })],
        Calibration = [.. report.Calibration.Select(c => c with { Error = Math.Round(c.Error, 4) })],
        Robustness = report.Robustness.ToDictionary(r => r.Key, r => Math.Round(r.Value, 4)),
    };
}
