namespace Baltoro.Storage.Sql;

/// <summary>Statements on receipts and roots, the same text for both databases.</summary>
internal static class ReceiptSql
{
    public const string ReadHead = "SELECT node_id, sequence, head FROM receipt_chain WHERE organization_id = $1 AND node_id = $2";

    public const string ReadHeads = "SELECT node_id, sequence, head FROM receipt_chain WHERE organization_id = $1 ORDER BY node_id";

    public const string ReadOrigin = "SELECT sequence FROM receipt_origin WHERE organization_id = $1";

    public const string ReadLastRoot =
        $"SELECT {RootColumns} FROM receipt_root WHERE organization_id = $1 ORDER BY number DESC LIMIT 1";

    public const string ReadRoots =
        $"SELECT {RootColumns} FROM receipt_root WHERE organization_id = $1 AND number > $2 ORDER BY number LIMIT $3";

    public const string ReadUnrooted = """
        SELECT organization_id FROM account WHERE sequence > COALESCE(
            (SELECT ledger_sequence FROM receipt_root WHERE receipt_root.organization_id = account.organization_id ORDER BY number DESC LIMIT 1), 0)
        ORDER BY organization_id LIMIT $1
        """;

    public const string Find =
        "SELECT node_id, sequence, content, hash FROM receipt WHERE request_id = $1 AND organization_id = $2";

    public const string Read =
        "SELECT node_id, sequence, content, hash FROM receipt WHERE organization_id = $1 AND node_id = $2 AND sequence > $3 "
        + "ORDER BY sequence LIMIT $4";

    public const string Write =
        "INSERT INTO receipt (organization_id, node_id, sequence, request_id, content, hash) VALUES ($1, $2, $3, $4, $5, $6)";

    public const string WriteHead = """
        INSERT INTO receipt_chain (organization_id, node_id, sequence, head) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organization_id, node_id) DO UPDATE SET sequence = excluded.sequence, head = excluded.head
        """;

    public const string WriteRoot =
        "INSERT INTO receipt_root (organization_id, number, ledger_sequence, content, key_id, signature) VALUES ($1, $2, $3, $4, $5, $6)";

    private const string RootColumns = "organization_id, number, content, key_id, signature";
}
