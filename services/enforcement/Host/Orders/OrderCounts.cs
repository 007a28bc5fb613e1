using System.Globalization;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Orders;

/// <summary>The public count of orders. Counted with the order and with its end, in the same script, so nothing is counted twice or forgotten.</summary>
internal static class OrderCounts
{
    public const string Received = "received";
    public const string Refused = "refused";
    private const string Acted = "acted";
    private const string NoAction = "no_action";
    private const string PostWithdrawn = "post_withdrawn";

    /// <summary>The name under which the end of an order is counted.</summary>
    public static string OutcomeOf(OrderState state) => state switch
    {
        OrderState.Acted => Acted,
        OrderState.PostWithdrawn => PostWithdrawn,
        _ => NoAction,
    };

    /// <summary>The effect that counts an order, in the year in which it was filed.</summary>
    public static CommitEffect Count(int shard, AuthorityOrder order, string outcome) => new(
        "HINCRBY",
        KeySpace.OrderCounts(shard, order.TenantId),
        string.Create(CultureInfo.InvariantCulture, $"{order.CreateTime.ToDateTime().Year}/{order.AuthorityCountry}/{(int)order.Category}/{outcome}"),
        1);

    /// <summary>The rows of such counts.</summary>
    /// <param name="counts">Names and numbers, of any shards.</param>
    /// <param name="year">Only this year; 0: all.</param>
    public static IReadOnlyList<OrderCount> Sum(IEnumerable<(string Name, long Count)> counts, int year)
    {
        var rows = new SortedDictionary<(string Country, int Category), OrderCount>();
        foreach (var (name, count) in counts)
        {
            var parts = name.Split('/');
            if (year != 0 && parts[0] != year.ToString(CultureInfo.InvariantCulture))
            {
                continue;
            }

            var key = (parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture));
            if (!rows.TryGetValue(key, out var row))
            {
                rows[key] = row = new OrderCount { AuthorityCountry = key.Item1, Category = (Contracts.V1.HarmCategory)key.Item2 };
            }

            Add(row, parts[3], count);
        }

        return [.. rows.Values];
    }

    private static void Add(OrderCount row, string outcome, long count)
    {
        switch (outcome)
        {
            case Received:
                row.Received += count;
                break;
            case Acted:
                row.Acted += count;
                break;
            case NoAction:
                row.NoAction += count;
                break;
            case PostWithdrawn:
                row.PostWithdrawn += count;
                break;
            case Refused:
                row.Refused += count;
                break;
        }
    }
}
