using System.Reflection;
using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>A script embedded beside the store that uses it. Redis caches it by its digest; the client sends only that.</summary>
public sealed class EmbeddedScript
{
    private readonly string _text;

    private EmbeddedScript(string text) => _text = text;

    /// <summary>Loads <paramref name="fileName"/> from the assembly that calls.</summary>
    /// <exception cref="InvalidOperationException">The assembly embeds no such file.</exception>
    public static EmbeddedScript Load(Assembly assembly, string fileName)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var name = assembly.GetManifestResourceNames().SingleOrDefault(n => n.EndsWith("." + fileName, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{assembly.GetName().Name} embeds no {fileName}: add it as an EmbeddedResource.");
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!); // the name was just listed
        return new EmbeddedScript(reader.ReadToEnd());
    }

    /// <summary>Runs it. All <paramref name="keys"/> must share one hash tag.</summary>
    public Task<RedisResult> RunAsync(IDatabaseAsync database, RedisKey[] keys, RedisValue[] arguments)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.ScriptEvaluateAsync(_text, keys, arguments);
    }
}
