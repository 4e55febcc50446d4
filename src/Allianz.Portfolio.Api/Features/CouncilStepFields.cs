using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Features;

/// <summary>A step of a paper through the council and its committees, as a client gives it.</summary>
public sealed record CouncilStepFields
{
    /// <summary>Most steps of one paper.</summary>
    public const int Most = 30;

    /// <summary>The body, e.g. <c>Rat der Stadt</c>.</summary>
    [Required, Text(200)]
    public required string Body { get; init; }

    /// <summary>What it does with the paper.</summary>
    public required CouncilRole Role { get; init; }

    /// <summary>The day of its meeting.</summary>
    public DateOnly? On { get; init; }

    /// <summary>What came of it.</summary>
    [Lines(500)]
    public string? Result { get; init; }

    /// <summary>Number of the paper, e.g. <c>17042-20</c>.</summary>
    [Text(40)]
    public string? Number { get; init; }

    /// <summary>Where the paper is to be read.</summary>
    [WebAddress, Text(500)]
    public string? Url { get; init; }

    /// <summary>The paper's id in OParl 1.1: an address, kept verbatim.</summary>
    [WebAddress, Text(500)]
    public string? OparlId { get; init; }

    internal static string? Pack(IReadOnlyList<CouncilStepFields>? steps) =>
        Packed.Pack([
            .. (steps ?? []).Select(s => new CouncilStep
            {
                Body = s.Body,
                Role = s.Role,
                On = s.On,
                Result = s.Result,
                Number = s.Number,
                Url = s.Url,
                OparlId = s.OparlId,
            }),
        ]);

    internal static IReadOnlyList<CouncilStepFields> Unpack(string? packed) =>
        [
            .. Packed
                .Unpack<CouncilStep>(packed)
                .Select(s => new CouncilStepFields
                {
                    Body = s.Body,
                    Role = s.Role,
                    On = s.On,
                    Result = s.Result,
                    Number = s.Number,
                    Url = s.Url,
                    OparlId = s.OparlId,
                }),
        ];
}
