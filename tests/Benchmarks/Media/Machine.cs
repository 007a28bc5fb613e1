using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Moderation.Benchmarks.Media;

/// <summary>What the figures were measured on, and how.</summary>
internal static class Machine
{
    public static string Processor { get; } = Line("model name") + " family " + Line("cpu family") + " model " + Line("model\t");

    public static string Vectors { get; } =
        Avx512BW.IsSupported ? "512 bits" : Avx2.IsSupported ? "256 bits (AVX2)" : "128 bits";

    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>The middle value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>Middle, least and greatest, each with three digits.</summary>
    public static string Spread(IReadOnlyCollection<double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"{Short(Median(values))} ({Short(values.Min())}..{Short(values.Max())})");

    public static string Short(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Line(string name) => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':')[^1].Trim() ?? "unknown";
}
