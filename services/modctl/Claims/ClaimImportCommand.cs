using System.CommandLine;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Claims;

/// <summary>
/// <c>modctl claim import</c>: JSON-LD with ClaimReview objects, or a CSV file with the columns claim, rating, address and perhaps title,
/// publisher_site, publisher_name, language, review_time. May be run again.
/// </summary>
internal static class ClaimImportCommand
{
    private const int BatchSize = 500;
    private static readonly string[] Required = ["claim", "rating", "address"];

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A .csv file with a header (claim, rating, address, ...), or JSON-LD with ClaimReview objects" };
        var command = new Command("import", "Adds the fact-checks of a file; those that are there already are replaced.") { file };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = ClaimCommand.Client(connection);
            var source = parsed.GetRequiredValue(file);
            var total = new ImportFactChecksResponse();
            var first = 0;
            foreach (var request in Requests(source))
            {
                var answer = await client.ImportFactChecksAsync(
                    request, deadline: terminal.Time.GetUtcNow().UtcDateTime.AddMinutes(2), cancellationToken: cancellationToken);
                total.Imported += answer.Imported;
                total.Counting += answer.Counting;
                total.ClaimVersion = answer.ClaimVersion;
                foreach (var skipped in answer.Skipped)
                {
                    terminal.Error.WriteLine($"Left out: number {first + skipped.Index + 1}: {FailureText.Printable(skipped.Reason)}");
                }

                total.Skipped.AddRange(answer.Skipped);
                first += request.FactChecks.Count;
            }

            terminal.Out.WriteLine(
                $"{total.Imported} fact-checks are there, {total.Counting} of them count, {total.Skipped.Count} were left out; claims of version {total.ClaimVersion} and later have them.");
            return total.Skipped.Count == 0 ? 0 : Root.Failed;
        });
        return command;
    }

    private static IEnumerable<ImportFactChecksRequest> Requests(FileInfo file)
    {
        if (!file.Exists)
        {
            throw new UsageException($"there is no file {file.FullName}.");
        }

        return file.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase)
            ? Read(file).Chunk(BatchSize).Select(batch => new ImportFactChecksRequest { FactChecks = { batch } })
            : [new ImportFactChecksRequest { ClaimReviewJson = File.ReadAllText(file.FullName) }];
    }

    private static IEnumerable<FactCheck> Read(FileInfo file)
    {
        using var reader = new StreamReader(file.FullName);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { PrepareHeaderForMatch = h => h.Header.Trim(), MissingFieldFound = null });
        csv.Read();
        csv.ReadHeader();
        if (Required.FirstOrDefault(c => csv.HeaderRecord?.Contains(c) != true) is { } missing)
        {
            throw new UsageException($"{file.Name} has no column {missing}: the header must name {string.Join(", ", Required)}.");
        }

        while (csv.Read())
        {
            string Field(string name) => csv.GetField(name)?.Trim() ?? "";
            var check = new FactCheck
            {
                Claim = Field("claim"),
                Title = Field("title"),
                PublisherSite = Field("publisher_site"),
                PublisherName = Field("publisher_name"),
                Rating = Field("rating"),
                Address = Field("address"),
                Language = Field("language"),
            };
            if (Field("review_time") is { Length: > 0 } time)
            {
                check.ReviewTime = DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
                    ? parsed.ToTimestamp()
                    : throw new UsageException($"{file.Name}, line {csv.Parser.Row}: review_time must be a time such as 2030-01-31.");
            }

            yield return check;
        }
    }
}
