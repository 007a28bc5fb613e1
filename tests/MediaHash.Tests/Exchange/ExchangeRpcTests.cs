using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.MediaHash.Tests.Exchange;

public sealed class ExchangeRpcTests(SharedRedis redis) : IClassFixture<SharedRedis>, IAsyncLifetime
{
    private RunningService _service = null!; // set by InitializeAsync before any test

    private ExchangeService.ExchangeServiceClient Client => new(_service.Channel);

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(redis.Server);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private static BankEntry Entry(int number, string id = "") => new()
    {
        EntryId = id.Length > 0 ? id : $"e{number}",
        Category = HarmCategory.FraudSpam,
        Kind = HashKind.Md5,
        Value = number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture),
    };

    private static ImportEntriesRequest Batch(long lastRow, params IEnumerable<BankEntry> entries) =>
        new() { Batch = new ImportBatch { LastRow = lastRow, Entries = { entries } } };

    private async Task<List<ImportEntriesResponse>> ImportAsync(string bank, string token, params IEnumerable<ImportEntriesRequest> batches)
    {
        using var call = Client.ImportEntries(_service.AsPerson, DateTime.UtcNow.AddSeconds(120));
        await call.RequestStream.WriteAsync(new ImportEntriesRequest { Header = new ImportHeader { BankId = bank, ImportToken = token } });
        foreach (var batch in batches)
            await call.RequestStream.WriteAsync(batch);
        await call.RequestStream.CompleteAsync();
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    private async Task<List<BankEntry>> ExportAsync(string bank, string cursor = "")
    {
        using var call = Client.ExportEntries(new ExportEntriesRequest { BankId = bank, Cursor = cursor }, _service.AsPerson, DateTime.UtcNow.AddSeconds(120));
        return [.. (await call.ResponseStream.ReadAllAsync().ToListAsync()).SelectMany(part => part.Entries)];
    }

    private async Task<List<AdminAuditEntry>> AuditedAsync(string bank)
    {
        var rows = await _service.Services.GetRequiredService<RedisConnectionStore>().Multiplexer.GetDatabase().StreamRangeAsync(KeySpace.AdminAudit);
        return [.. rows.Select(row => AdminAuditEntry.Parser.ParseFrom((byte[])row["a"]!)).Where(entry => entry.Object.StartsWith($"bank/{bank}/", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task Import_adds_each_once_goes_on_where_it_stopped_and_matches_at_once()
    {
        var answers = await ImportAsync("twice", "file-1", Batch(2000, Enumerable.Range(1, 2000).Select(i => Entry(i))), Batch(2500, Enumerable.Range(2001, 500).Select(i => Entry(i))));
        Assert.Equal([0, 2000, 2500], answers.Select(answer => answer.LastRow));
        Assert.Equal((2500, 0, 0), (answers[^1].AddedCount, answers[^1].KnownCount, answers[^1].RefusedCount));

        // The same file again: the server says that all is there.
        var again = Assert.Single(await ImportAsync("twice", "file-1"));
        Assert.Equal((2500, 2500), (again.LastRow, again.AddedCount));
        // Under another name: nothing is added.
        var other = await ImportAsync("twice", "file-2", Batch(10, Enumerable.Range(1, 10).Select(i => Entry(i))));
        Assert.Equal((0, 10), (other[^1].AddedCount, other[^1].KnownCount));
        Assert.Equal(2500, (await ExportAsync("twice")).DistinctBy(entry => entry.EntryId).Count());
        // What was asked for is recorded before it is done, the second list too.
        Assert.Equal(3, (await AuditedAsync("twice")).Count(entry => entry is { Action: "bank-entries.import", Actor: "tester", AfterHash.Length: 32 }));

        var matched = await new HashService.HashServiceClient(_service.Channel).MatchHashesAsync(
            new MatchHashesRequest { Hashes = { new MatchedHash { Kind = HashKind.Md5, Value = Entry(2222).Value } } }, _service.AsPerson);
        Assert.Equal(("twice", "e2222"), (matched.Results[0].Matches.Single().BankId, matched.Results[0].Matches.Single().EntryId));
    }

    [Fact]
    public async Task Import_reports_what_it_does_not_store_and_removes_what_was_withdrawn()
    {
        await ImportAsync("mixed", "first", Batch(3, Entry(1), Entry(2), Entry(3)));
        var batch = Batch(9, Entry(4), Entry(99, "e2"), new BankEntry { EntryId = "bad", Category = HarmCategory.Hate, Kind = HashKind.Pdq, Value = "xyz" });
        batch.Batch.WithdrawnEntryIds.Add(["e3", "never-there"]);
        var answer = (await ImportAsync("mixed", "second", batch))[^1];
        Assert.Equal((1, 1, 2), (answer.AddedCount, answer.RemovedCount, answer.RefusedCount));
        Assert.Equal(["bad", "e2"], answer.Problems.Select(problem => problem.EntryId).Order(StringComparer.Ordinal));
        Assert.Equal(["e1", "e2", "e4"], (await ExportAsync("mixed")).Select(entry => entry.EntryId).Order(StringComparer.Ordinal));
        Assert.Contains(await AuditedAsync("mixed"), entry => entry is { Action: "bank-entry.remove", Object: "bank/mixed/e3", BeforeHash.Length: 32, AfterHash.Length: 0 });
    }

    [Fact]
    public async Task Import_that_died_between_row_and_change_is_finished_by_the_next()
    {
        await ImportAsync("half", "first", Batch(1, Entry(1)));
        // As a crash leaves it: the row is written, its change was never published.
        var database = _service.Services.GetRequiredService<RedisConnectionStore>().Multiplexer.GetDatabase();
        var store = _service.Services.GetRequiredService<Host.Banks.BankStore>();
        var row = await store.FindAsync(new MediaHash.Banks.BankEntryKey("half", "e1"));
        var key = KeySpace.BankRows(Host.Banks.BankStore.PrefixOf(new MediaHash.Banks.BankEntryKey("half", "e1")));
        var text = (byte[])(await database.HashGetAsync(key, "half/e1"))!;
        var published = System.Text.Encoding.Latin1.GetString(text);
        var words = published.Split(' ', 3);
        await database.HashSetAsync(key, "half/e1", System.Text.Encoding.Latin1.GetBytes($"{words[0]} 0 {words[2]}"));
        Assert.True(row!.IsPublished);
        Assert.False((await store.FindAsync(new MediaHash.Banks.BankEntryKey("half", "e1")))!.IsPublished);
        var answer = (await ImportAsync("half", "second", Batch(1, Entry(1))))[^1];
        Assert.Equal((0, 1), (answer.AddedCount, answer.KnownCount));
        Assert.True((await store.FindAsync(new MediaHash.Banks.BankEntryKey("half", "e1")))!.IsPublished);
    }

    [Fact]
    public async Task Export_goes_on_behind_its_cursor()
    {
        await ImportAsync("parts", "p", Batch(1000, Enumerable.Range(1, 1000).Select(i => Entry(i))));
        using var call = Client.ExportEntries(new ExportEntriesRequest { BankId = "parts" }, _service.AsPerson, DateTime.UtcNow.AddSeconds(120));
        var (seen, cursor) = (new List<string>(), "");
        while (cursor != "100" && await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            seen.AddRange(call.ResponseStream.Current.Entries.Select(entry => entry.EntryId));
            cursor = call.ResponseStream.Current.Cursor;
        }
        seen.AddRange((await ExportAsync("parts", cursor)).Select(entry => entry.EntryId));
        Assert.Equal(1000, seen.Count);
        Assert.Equal(1000, seen.Distinct().Count());
    }

    [Fact]
    public async Task Wrong_streams_are_refused()
    {
        await FailsAsync(async () => await ImportAsync("Not A Bank", ""));
        await FailsAsync(async () => await ImportAsync("rows", "t", Batch(5, Entry(1)), Batch(5, Entry(2))));
        await FailsAsync(async () => await ImportAsync("rows", "u", Batch(5, Enumerable.Range(0, 2001).Select(i => Entry(i)))));
        await FailsAsync(async () => await ExportAsync("rows", "-1"));
        await FailsAsync(async () => await new HashService.HashServiceClient(_service.Channel).MatchHashesAsync(
            new MatchHashesRequest { Hashes = { new MatchedHash { Kind = HashKind.Pdq, Value = "12" } } }, _service.AsPerson));
    }

    private static async Task FailsAsync(Func<Task> call) =>
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call)));
}
