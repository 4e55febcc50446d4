using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Kinds.Snapshots;

/// <summary>A row as it is read for showing: keys with the names they stand for.</summary>
internal abstract record PartStateRow
{
    public required Guid ProjectId { get; init; }
    public required string Key { get; init; }
    public required long Revision { get; init; }
    public bool Sample { get; init; }
    public string? PartnerKey { get; init; }
    public string? PartnerName { get; init; }
    public Reference? Partner => PartnerKey is null ? null : new Reference(PartnerKey, PartnerName ?? PartnerKey);
}

internal record StandRow
{
    public required Guid ProjectId { get; init; }
    public required Phase Phase { get; init; }
    public required bool Archived { get; init; }
    public required DateTimeOffset At { get; init; }
}

internal sealed record StatusStateRow : PartStateRow
{
    public string? Cycle { get; init; }
    public required DateOnly ReportedOn { get; init; }
    public Rag? RagSchedule { get; init; }
    public Rag? RagCost { get; init; }
    public Rag? RagScope { get; init; }
    public Rag? RagResources { get; init; }
    public Rag? RagRisk { get; init; }
    public string? Reason { get; init; }
    public int? Progress { get; init; }
    public string? Done { get; init; }
    public string? Next { get; init; }
    public long? SpentCents { get; init; }
    public string? Forecasts { get; init; }
    public bool Unchanged { get; init; }
    public string? Corrects { get; init; }

    public IReadOnlyDictionary<Dimension, Rag> Lights
    {
        get
        {
            var lights = new Dictionary<Dimension, Rag>();
            foreach (
                var (dimension, rag) in new[]
                {
                    (Dimension.Schedule, RagSchedule),
                    (Dimension.Cost, RagCost),
                    (Dimension.Scope, RagScope),
                    (Dimension.Resources, RagResources),
                    (Dimension.Risk, RagRisk),
                }
            )
            {
                if (rag is { } light)
                {
                    lights[dimension] = light;
                }
            }
            return lights;
        }
    }
}

internal sealed record AssessmentStateRow : PartStateRow
{
    public string? Cycle { get; init; }
    public required Rag Rag { get; init; }
    public string? Reason { get; init; }
    public required DateOnly AssessedOn { get; init; }
    public required Visibility Visibility { get; init; }
}

/// <summary>Rows as they are read, to the states that Domain computes over and the API shows.</summary>
internal sealed class StateMapping : Profile
{
    public StateMapping()
    {
        CreateMap<StatusStateRow, StatusState>()
            .ForMember(s => s.Forecasts, o => o.MapFrom(r => JsonList.Unpack<ForecastState>(r.Forecasts)));
        CreateMap<AssessmentStateRow, AssessmentState>();
    }
}
