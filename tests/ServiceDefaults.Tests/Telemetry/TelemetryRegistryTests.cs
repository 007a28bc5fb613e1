using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Moderation.ServiceDefaults.Telemetry;
using Moderation.Testing;
using Xunit;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Moderation.ServiceDefaults.Tests.Telemetry;

public sealed class TelemetryRegistryTests
{
    [Fact]
    public void Registry_equals_the_instruments()
    {
        RuntimeHelpers.RunClassConstructor(typeof(ModerationMeter).TypeHandle);
        var published = new List<(string, string?, string)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == ModerationMeter.Name)
            {
                published.Add((instrument.Name, instrument.Unit, Kind(instrument)));
            }
        };
        listener.Start(); // publishes what is there already
        Assert.NotEmpty(published);
        Assert.Equal(Rows().Select(r => (r.Name, (string?)r.Unit, r.Kind)).Order(), published.Order());
    }

    [Fact]
    public void Rows_of_the_registry_all_have_a_meaning_and_tags()
        => Assert.All(Rows(), r =>
        {
            Assert.False(string.IsNullOrWhiteSpace(r.Meaning), r.Name);
            Assert.NotNull(r.Tags);
        });

    private static List<Row> Rows() => new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build()
        .Deserialize<List<Row>>(File.ReadAllText(Repository.PathOf("services", "service-defaults", "Telemetry", "telemetry.yaml")));

    private static string Kind(Instrument instrument)
    {
        var name = instrument.GetType().Name;
        return name[..name.IndexOf('`', StringComparison.Ordinal)] switch
        {
            "Counter" => "counter",
            "UpDownCounter" => "updowncounter",
            "Histogram" => "histogram",
            "Gauge" or "ObservableGauge" => "gauge",
            var other => other,
        };
    }

    private sealed class Row
    {
        public string Name { get; set; } = "";

        public string Kind { get; set; } = "";

        public string Unit { get; set; } = "";

        public List<string>? Tags { get; set; }

        public string Meaning { get; set; } = "";
    }
}
