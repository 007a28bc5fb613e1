using System.CommandLine;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Lists;

/// <summary><c>modctl list import</c>: a CSV file with the columns entry_id, category, kind, pattern and perhaps note. May be run again.</summary>
internal static class ListImportCommand
{
    private const int BatchSize = 1000;

    public static Command Create(Terminal terminal)
    {
        var tenant = ListCommand.Tenant();
        var file = new Argument<FileInfo>("FILE") { Description = "CSV with a header: entry_id, category, kind (term, regex, host or link), pattern, note" };
        var command = new Command("import", "Adds the entries of a CSV file; those that are there already stay as they are.") { file, tenant };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = ListCommand.Client(connection);
            var (count, version) = (0, 0L);
            foreach (var batch in Read(parsed.GetRequiredValue(file)).Chunk(BatchSize))
            {
                var answer = await client.AddTextListEntriesAsync(
                    new AddTextListEntriesRequest { TenantId = parsed.GetRequiredValue(tenant), Entries = { batch } },
                    deadline: terminal.Time.GetUtcNow().UtcDateTime.AddMinutes(2), cancellationToken: cancellationToken);
                count += answer.Entries.Count;
                version = answer.ListVersion;
            }

            terminal.Out.WriteLine($"{count} entries are there; lists of version {version} and later match them.");
            return 0;
        });
        return command;
    }

    private static IEnumerable<TextListEntry> Read(FileInfo file)
    {
        if (!file.Exists)
        {
            throw new UsageException($"there is no file {file.FullName}.");
        }

        using var reader = new StreamReader(file.FullName);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { PrepareHeaderForMatch = h => h.Header.Trim(), MissingFieldFound = null });
        csv.Read();
        csv.ReadHeader();
        foreach (var column in new[] { "entry_id", "category", "kind", "pattern" })
        {
            if (csv.HeaderRecord?.Contains(column) != true)
            {
                throw new UsageException($"{file.Name} has no column {column}: the header must name entry_id, category, kind and pattern.");
            }
        }

        while (csv.Read())
        {
            var entry = new TextListEntry { EntryId = csv.GetField("entry_id") ?? "", Note = csv.GetField("note") ?? "" };
            var category = csv.GetField("category") ?? "";
            entry.Category = ProtoNames.Find<HarmCategory>(category)
                ?? throw new UsageException($"{file.Name}, line {csv.Parser.Row}: category must be one of {string.Join(", ", ProtoNames.All<HarmCategory>())}.");
            if (!ListCommand.TrySet(entry, csv.GetField("kind") ?? "", csv.GetField("pattern") ?? ""))
            {
                throw new UsageException($"{file.Name}, line {csv.Parser.Row}: kind must be term, regex, host or link.");
            }

            yield return entry;
        }
    }
}
