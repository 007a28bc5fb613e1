using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using StackExchange.Redis;
using ZstdSharp;
using HarmCategory = Moderation.Contracts.V1.HarmCategory;
using Phrases = Moderation.Enforcement.Phrases;

namespace Moderation.Benchmarks.Decisions;

/// <summary>
/// Makes the dictionary that stored decisions are compressed with: trained on decisions of the default policy as enforcement stores them, of each
/// harm, at several scores, with passages, pictures and claims, in each language of its notices. Ids, dates and times are made up anew in each
/// sample, so that the dictionary holds what decisions have in common and nothing of when it was made.
/// </summary>
internal static partial class DecisionDictionary
{
    private const int Capacity = 64 * 1024;
    private const int Seed = 20261126;
    private static readonly float[] Scores = [0.01f, 0.55f, 0.82f, 0.94f, 0.999f];
    private static readonly HarmCategory[] Scored =
    [
        HarmCategory.Violence, HarmCategory.ViolentExtremism, HarmCategory.SexualContent, HarmCategory.FraudSpam, HarmCategory.Harassment, HarmCategory.Hate,
        HarmCategory.SelfHarm,
    ];

    /// <summary>Writes the dictionary.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="to">Where to tell of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task MakeAsync(FileInfo file, TextWriter to, CancellationToken cancellationToken)
    {
        await using var service = await DecidingService.StartAsync(cancellationToken);
        var random = new Random(Seed);
        foreach (var request in Requests(random))
        {
            await service.Client.DecidePostAsync(request, cancellationToken: cancellationToken);
        }

        var samples = new List<byte[]>();
        var database = service.Store.GetDatabase();
        var keys = service.Store.GetServers()[0].Keys(pattern: "*:decision:*", pageSize: 1000).Select(k => k.ToString()).ToList();
        foreach (var key in keys)
        {
            if (await database.StringGetAsync((RedisKey)key) is { IsNull: false } stored) // some settle while we read
            {
                samples.Add(Anonymous(StoredDecision.Unpack((byte[])stored!), random));
            }
        }

        var mixed = samples.ToArray();
        random.Shuffle(mixed); // the trainer looks at the first ones and tests itself with the last
        var trained = DictBuilder.TrainFromBuffer(mixed, Capacity);
        await File.WriteAllBytesAsync(file.FullName, trained, cancellationToken);
        await to.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{file.FullName}: {trained.Length} bytes, from {samples.Count} decisions of {samples.Average(s => s.Length):0} bytes"));
    }

    private static IEnumerable<DecidePostRequest> Requests(Random random)
    {
        var accounts = Enumerable.Range(0, 60).Select(_ => Id(random)).ToArray(); // few: a second and a third strike have other measures
        var languages = Phrases.Languages.Keys.Order(StringComparer.Ordinal).ToArray();
        for (var round = 0; round < 8; round++)
        {
            foreach (var category in Scored)
            {
                foreach (var language in languages)
                {
                    foreach (var score in Scores)
                    {
                        yield return Request(random, category, score, language, accounts[random.Next(accounts.Length)]);
                    }
                }
            }
        }
    }

    private static DecidePostRequest Request(Random random, HarmCategory category, float score, string language, string account)
    {
        var length = random.Next(10, 600);
        var request = new DecidePostRequest
        {
            TenantId = DecidingService.Tenant,
            Cause = "submit",
            Facts = new PostFacts
            {
                PostId = Id(random),
                AccountId = account,
                ChannelId = Id(random),
                Revision = 1,
                Language = language,
                AuthorLanguage = language,
                TextLength = length,
                LinkCount = random.Next(3),
                IntakeTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
                Fingerprint = random.NextInt64().ToString("x16", CultureInfo.InvariantCulture),
            },
            Text = new TextSignals { Status = SignalStatus.Available, ModelVersion = "moderation-text-v1@1f3a9c0d", Language = language },
            Media = new MediaSignals { Status = SignalStatus.NotApplicable },
            Counters = new AccountCounters { Posts1M = random.Next(1, 3), Posts1H = random.Next(1, 9), Posts1D = random.Next(1, 30) },
        };
        request.Text.Scores.Add(Scored.Select(c => new CategoryScore { Category = c, Score = c == category ? score - (random.NextSingle() / 100) : random.NextSingle() / 20 }));
        if (score >= 0.5f)
        {
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                var start = random.Next(length - 5);
                request.Text.Spans.Add(new TextSpan { Category = category, Start = start, End = start + 5, Contribution = random.NextSingle() * 3 });
            }
        }

        if (random.Next(8) == 0)
        {
            request.Facts.MediaIds.Add("m1");
            request.Media.Status = SignalStatus.Available;
            request.Media.Matches.Add(new BankMatch
            {
                MediaId = "m1",
                BankId = category.ToString(),
                EntryId = Id(random),
                Category = category,
                Kind = HashKind.Pdq,
                Distance = random.Next(31),
                Quality = 100,
            });
        }

        return request;
    }

    // As platforms make them: a number, a UUID, sixteen hexadecimal digits.
    private static string Id(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return random.Next(3) switch
        {
            0 => random.NextInt64(1_000_000_000, 9_000_000_000_000_000_000).ToString(CultureInfo.InvariantCulture),
            1 => new Guid(bytes).ToString(),
            _ => Convert.ToHexStringLower(bytes.AsSpan(0, 8)),
        };
    }

    // Replacements are as long as what they replace, so that lengths in the record hold.
    private static byte[] Anonymous(DecisionRecord record, Random random)
    {
        record.Nonce = ByteString.CopyFrom(Bytes(random, record.Nonce.Length));
        var text = Encoding.Latin1.GetString(record.ToByteArray());
        var ulids = new Dictionary<string, string>(StringComparer.Ordinal);
        text = UlidPattern().Replace(text, m => ulids.TryGetValue(m.Value, out var known) ? known : ulids[m.Value] = NewUlid(random));
        text = DatePattern().Replace(text, _ => new DateTime(2026, 1, 1).AddDays(random.Next(3650)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return Encoding.Latin1.GetBytes(text);
    }

    private static string NewUlid(Random random) => Ulid.NewUlid(DateTimeOffset.UnixEpoch.AddDays(random.Next(20_000, 30_000)), Bytes(random, 10)).ToString();

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    [GeneratedRegex("[0-7][0-9A-HJKMNP-TV-Z]{25}")]
    private static partial Regex UlidPattern();

    [GeneratedRegex("20[0-9]{2}-[0-9]{2}-[0-9]{2}")]
    private static partial Regex DatePattern();
}
