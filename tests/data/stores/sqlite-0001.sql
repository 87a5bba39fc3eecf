-- Rows written by the program when this schema was its newest; the pepper is 32 bytes of 7. Key: sk-XWtYhXPyckk6YB5JCIoueQaUs4LuiEkuVJ7MzT1FcDF0uTmSo
INSERT INTO setting (name, value) VALUES ('key-pepper-fingerprint', x'80263fcc067acc316d74c3ae36712434b652e87c4742c1c1e45230f627c79a92');
INSERT INTO organization (id, name, created_at) VALUES ('acme', 'acme', 1795474388061);
INSERT INTO api_key (id, name, organization_id, tier, hash, hint, created_at, rotated_at, revoked_at) VALUES ('ak-635e73f3af989286', 'old', 'acme', 'tier1', x'af0883a1354dbcecc07c43e6f8874bfa5f0115223c4b25fd64e613353ec42b3a', 'sk-…TmSo', 1795474388061, NULL, NULL);
