using System.CommandLine;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Submit;

/// <summary><c>modctl submit</c>: posts from files, through the front door.</summary>
internal static class SubmitCommand
{
    private const int MaxConcurrency = 2048;
    private const int StandardConcurrency = 64;
    private static readonly TimeSpan StandardRetryFor = TimeSpan.FromSeconds(60);

    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "NDJSON (.ndjson, .jsonl), CSV or TSV, plain or .gz, or a folder of pictures; several go one after the other",
            Arity = ArgumentArity.OneOrMore,
        };
        var concurrency = Ranged("--concurrency", $"Posts in flight at once, 1 to {MaxConcurrency} (64)", MaxConcurrency);
        var limit = Ranged("--limit", "Rows in all at most", long.MaxValue);
        var mode = new Option<string>("--mode") { Description = "unary: SubmitPost for each; stream: all over StreamPosts", DefaultValueFactory = _ => "unary" };
        mode.AcceptOnlyFromAmong("unary", "stream");
        var text = new Option<string>("--text-column") { Description = "The field or column with the text", HelpName = "NAME", DefaultValueFactory = _ => "text" };
        var id = new Option<string>("--id-column")
        {
            Description = "The field or column with the post's id; where there is none, ids are made of file name and row",
            HelpName = "NAME",
            DefaultValueFactory = _ => "post_id",
        };
        var where = new Option<string[]>("--where")
        {
            Description = "Only rows whose field has this value, such as split=test; may be given several times",
            HelpName = "FIELD=VALUE",
            DefaultValueFactory = _ => [],
        };
        where.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string[]>()?.Any(w => w.IndexOf('=', StringComparison.Ordinal) < 1) ?? false)
            {
                result.AddError("--where must be FIELD=VALUE, such as split=test.");
            }
        });
        var progressFile = new Option<string>("--progress-file") { Description = "Where decided posts are noted; without it FILE.progress beside each file", HelpName = "FILE" };
        var retryFor = new Option<TimeSpan?>("--retry-for")
        {
            Description = "How long a call is repeated while the service is away or overloaded (60s)",
            HelpName = "TIME",
            CustomParser = Durations.Between(TimeSpan.Zero, TimeSpan.FromHours(24)),
        };
        var command = new Command("submit", "Submits posts from files and sums up what was decided. Run it again to go on where it stopped.")
        {
            files, concurrency, limit, mode, text, id, where, progressFile, retryFor,
        };
        var key = CredentialOptions.ApiKey().AddTo(command);
        command.Calls(terminal, AddressOption.OfIngest(), (parsed, address, cancellationToken) => new Submission(
            new SubmitRequest
            {
                Paths = parsed.GetRequiredValue(files),
                Address = address,
                Credential = key.Header(parsed, terminal),
                Source = new SourceOptions
                {
                    TextField = parsed.GetRequiredValue(text),
                    IdField = parsed.GetRequiredValue(id),
                    Where = [.. parsed.GetRequiredValue(where).Select(w => w.Split('=', 2)).Select(w => (w[0], w[1]))],
                },
                Mode = parsed.GetValue(mode) == "stream" ? SendMode.Stream : SendMode.Unary,
                Concurrency = (int)(parsed.GetValue(concurrency) ?? StandardConcurrency),
                Limit = parsed.GetValue(limit) ?? long.MaxValue,
                ProgressFile = parsed.GetValue(progressFile),
                RetryFor = parsed.GetValue(retryFor) ?? StandardRetryFor,
            },
            terminal).RunAsync(cancellationToken));
        return command;
    }

    private static Option<long?> Ranged(string name, string description, long most)
    {
        var option = new Option<long?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!long.TryParse(result.Tokens[0].Value, out var value) || value < 1 || value > most))
            {
                result.AddError(most == long.MaxValue ? $"{name} must be a whole number from 1." : $"{name} must be a whole number from 1 to {most}.");
            }
        });
        return option;
    }
}
