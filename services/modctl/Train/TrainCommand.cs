using System.CommandLine;
using Moderation.TextClassify.Training;
using Spectre.Console;

namespace Moderation.ModCtl.Train;

/// <summary><c>modctl train</c>: labelled texts in, a model file with its manifest out.</summary>
internal static class TrainCommand
{
    /// <summary>Exit code where the model was made, and must not be released: the report says why.</summary>
    private const int NotFitForRelease = 3;

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder with MANIFEST.md and *.tsv.gz", Required = true };
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder to write model.bin, manifest.json and metrics.md to", Required = true };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the split, the order and the draws", DefaultValueFactory = _ => 1 };
        var verified = new Option<bool>("--verified-licences-only") { Description = "Leave out sources whose licence the manifest does not call verified" };
        var withoutOwn = new Option<bool>("--without-own-writing") { Description = "Neither learn from nor calibrate on the writing that this repository holds; measure with it only" };
        var version = new Option<string>("--model-version") { Description = "Version written to the manifest", DefaultValueFactory = _ => "moderation-text-v1" };
        var command = new Command("train", "Trains, calibrates and measures the text model.") { data, output, seed, verified, withoutOwn, version };
        command.SetAction(async (parsed, cancellation) =>
        {
            var request = new TrainRequest(
                parsed.GetRequiredValue(data), parsed.GetRequiredValue(output), parsed.GetValue(seed), parsed.GetValue(verified), !parsed.GetValue(withoutOwn), parsed.GetRequiredValue(version));
            try
            {
                return await RunAsync(request, cancellation) ? 0 : NotFitForRelease;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                AnsiConsole.MarkupLineInterpolated($"[red]{e.Message}[/]");
                return 1;
            }
        });
        command.Subcommands.Add(TrainAttributesCommand.Create());
        return command;
    }

    private static async Task<bool> RunAsync(TrainRequest request, CancellationToken cancellation)
    {
        TrainingReport? report = null;
        await AnsiConsole.Progress().HideCompleted(false).StartAsync(async context =>
        {
            var bars = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
            var progress = new BarProgress(step =>
            {
                if (!bars.TryGetValue(step.Step, out var bar)) bars[step.Step] = bar = context.AddTask(step.Step);
                foreach (var earlier in bars.Values)
                    if (!ReferenceEquals(earlier, bar)) earlier.Value = earlier.MaxValue;
                bar.Value = step.Share * bar.MaxValue;
            });
            report = await Task.Run(() => TrainRun.Run(request, progress, cancellation), cancellation);
            foreach (var bar in bars.Values) bar.Value = bar.MaxValue;
        });
        if (report is null) return false;
        var table = new Table().AddColumns("label", "positives", "F1", "precision", "recall", "calibration error", "identity flagged");
        foreach (var l in report.Labels)
            table.AddRow(l.Label, $"{l.Positives}", $"{l.F1:F3}", $"{l.Precision:F3}", $"{l.Recall:F3}", $"{l.CalibrationError:F3}", $"{l.IdentityFalsePositives:P1}");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"Mean average precision over {report.Pairs.Count} pairs of source and label: {report.MeanAveragePrecision:F3}");
        AnsiConsole.WriteLine($"Written to {request.Output.FullName}");
        foreach (var objection in report.Objections) AnsiConsole.MarkupLineInterpolated($"[red]Not fit for release:[/] {objection}");
        return report.Objections.Count == 0;
    }

    // Progress<T> posts to the thread pool, where an older report may overtake a newer one.
    private sealed class BarProgress(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
