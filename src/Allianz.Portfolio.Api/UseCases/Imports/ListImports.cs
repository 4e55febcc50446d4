using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>An import that was applied.</summary>
public sealed record Import
{
    /// <summary>Permanent key.</summary>
    public required string Key { get; init; }

    /// <summary>Name of the file.</summary>
    public required string FileName { get; init; }

    /// <summary>SHA-256 of the file, hexadecimal.</summary>
    public required string FileHash { get; init; }

    /// <summary>Name of the mapping.</summary>
    public required string Mapping { get; init; }

    /// <summary>Who, as it stands in the ledger.</summary>
    public required string Actor { get; init; }

    /// <summary>When it was applied; its revisions are dated by the file.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How many rows there were of each outcome.</summary>
    public required RowTotals Totals { get; init; }

    /// <summary>The first revision it made.</summary>
    public required long FirstRevision { get; init; }

    /// <summary>The last revision it made.</summary>
    public required long LastRevision { get; init; }
}

internal static class ListImports
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/imports",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var before = read.After()?.AtRevision() ?? long.MaxValue;
                    return read.Page(
                        await mediator.Send(new Query(before, read.Limit + 1), ct),
                        i => (i.LastRevision.ToString(CultureInfo.InvariantCulture), "")
                    );
                }
            )
            .ListsNow<Import>("Imports that were applied, the newest first")
            .For(Right.Read(Resource.Import));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT i.[Key], i.FileName, i.FileHash, i.Mapping, i.Actor, i.CreatedAt, i.Rows, i.Created, i.Changed, i.Unchanged, i.Refused,
                i.FirstRevision, i.LastRevision
            FROM Import i WHERE i.LastRevision < @before ORDER BY i.LastRevision DESC {from.Take}
            """
    );

    /// <param name="Before">Only those whose last revision is smaller.</param>
    /// <param name="Take">At most so many.</param>
    public sealed record Query(long Before, int Take) : IRequest<IReadOnlyList<Import>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<Import>>
    {
        public async Task<IReadOnlyList<Import>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return mapper.Map<List<Import>>(
                await session.QueryAsync<ImportStateRow>(
                    _sql,
                    null,
                    new { before = request.Before, take = request.Take },
                    cancellationToken
                )
            );
        }
    }
}

/// <summary>An import as it stands in its table.</summary>
internal sealed record ImportStateRow
{
    public required string Key { get; init; }
    public required string FileName { get; init; }
    public required string FileHash { get; init; }
    public required string Mapping { get; init; }
    public required string Actor { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Rows { get; init; }
    public required int Created { get; init; }
    public required int Changed { get; init; }
    public required int Unchanged { get; init; }
    public required int Refused { get; init; }
    public required long FirstRevision { get; init; }
    public required long LastRevision { get; init; }

    internal sealed class ToImport : Profile
    {
        public ToImport() =>
            CreateMap<ImportStateRow, Import>()
                .ForMember(i => i.Totals, o => o.MapFrom(r => new RowTotals(r.Rows, r.Created, r.Changed, r.Unchanged, r.Refused)));
    }
}
