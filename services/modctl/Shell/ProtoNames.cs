using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace Moderation.ModCtl.Shell;

/// <summary>Enum values as the contract writes them, without the enum's prefix: <c>FRAUD_SPAM</c>.</summary>
internal static class ProtoNames
{
    private static readonly ConcurrentDictionary<Enum, string> Names = new();

    public static string Of<T>(T value) where T : struct, Enum => Names.GetOrAdd(value, _ => Read(value));

    /// <summary>The values of an enum but UNSPECIFIED.</summary>
    public static IEnumerable<string> All<T>() where T : struct, Enum => Enum.GetValues<T>().Where(v => Convert.ToInt32(v, null) != 0).Select(Of);

    /// <summary>Finds a value by its name; case does not matter, and - is read as _.</summary>
    public static T? Find<T>(string name) where T : struct, Enum
    {
        var wanted = name.Replace('-', '_');
        foreach (var value in Enum.GetValues<T>())
        {
            if (Convert.ToInt32(value, null) != 0 && string.Equals(Of(value), wanted, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    public static string UpperSnake(string pascal)
        => string.Concat(pascal.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));

    private static string Read<T>(T value) where T : struct, Enum
    {
        var original = typeof(T).GetField(value.ToString())?.GetCustomAttributes(typeof(OriginalNameAttribute), false)
            .OfType<OriginalNameAttribute>().FirstOrDefault()?.Name;
        var prefix = UpperSnake(typeof(T).Name) + "_";
        return original is null ? value.ToString() : original.StartsWith(prefix, StringComparison.Ordinal) ? original[prefix.Length..] : original;
    }
}
