using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Moderation.TextClassify.Training;
using Spectre.Console;

namespace Moderation.ModCtl.Train;

/// <summary>manifest.json beside an attribute model.</summary>
internal sealed record AttributeManifest(
    string Version, string Sha256, int Bytes, ulong Seed, IReadOnlyList<AttributeFigure> Figures, IReadOnlyDictionary<string, double> NeutralFlagged,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Competence, IReadOnlyDictionary<string, int> TrainRows);

/// <summary><c>modctl train attributes</c>: the heads that only the drop-in endpoints use.</summary>
internal static class TrainAttributesCommand
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder with MANIFEST.md and *.tsv.gz", Required = true };
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder to write model.bin and manifest.json to", Required = true };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the split, the order and the draws", DefaultValueFactory = _ => 1 };
        var version = new Option<string>("--model-version") { Description = "Version written to the manifest", DefaultValueFactory = _ => "moderation-attributes-v1" };
        var command = new Command("attributes", "Trains the heads of the drop-in endpoints from auxiliary labels.") { data, output, seed, version };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(parsed.GetRequiredValue(data), parsed.GetRequiredValue(output), parsed.GetValue(seed), parsed.GetRequiredValue(version), cancellation), cancellation));
        return command;
    }

    private static int Run(DirectoryInfo data, DirectoryInfo output, ulong seed, string version, CancellationToken cancellation)
    {
        try
        {
            var silent = new Progress<TrainingProgress>();
            var (rows, _) = TrainRun.ReadRows(data, false, TrainRun.ReadSources(data), silent, cancellation);
            var result = new AttributeTrainer(seed).Train(rows, silent, cancellation);
            output.Create();
            File.WriteAllBytes(Path.Combine(output.FullName, "model.bin"), result.ModelFile);
            var manifest = new AttributeManifest(
                version, Convert.ToHexStringLower(SHA256.HashData(result.ModelFile)), result.ModelFile.Length, seed,
                [.. result.Figures.Select(f => f with { AveragePrecision = Math.Round(f.AveragePrecision, 4), CalibrationError = Math.Round(f.CalibrationError, 4) })],
                result.NeutralFlagged.ToDictionary(n => n.Key, n => Math.Round(n.Value, 4)), result.Competence, result.Sources);
            File.WriteAllText(Path.Combine(output.FullName, "manifest.json"), JsonSerializer.Serialize(manifest, Json) + "\n");
            var table = new Table().AddColumns("source", "attribute", "positives", "negatives", "average precision", "calibration error");
            foreach (var f in manifest.Figures)
                table.AddRow(f.Source, f.Attribute, $"{f.Positives}", $"{f.Negatives}", $"{f.AveragePrecision:F3}", $"{f.CalibrationError:F3}");
            AnsiConsole.Write(table);
            AnsiConsole.WriteLine($"Written to {output.FullName}");
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return 1;
        }
    }
}
