# Synthetic firmware. FORMAT.md in this directory says what the samples are.
#
#   samples           makes what is not committed, where missing or older than the generator
#   samples-check     makes the committed ones anew elsewhere and compares
#   samples-refresh   writes the committed ones and their checksums anew

F := firmware-samples
KEYS := $(F)/test-key.pem $(F)/unknown-key.pem

SMALL_COMMITTED := 'SCCP41.9-4-2SR[13]-1S' 'SCCP70.9-4-2SR[13]-1S' 'term[4-7][01].default'
SMALL_BUILT := 'SCCP41.9-4-2SR2-2S' 'SCCP11.*' 'SCCP31.*' 'SCCP42.*' 'SCCP45.*' 'SCCP75.*' \
               'P003*' 'term*'
# A phone of the first cannot go to the last but by the one in between.
OLD_COMMITTED := 'SCCP41.8-3-2S' 'SCCP41.8-5-2S' 'SCCP41.9-4-2SR3-1S'
# Phones of the second generation, both of their protocols.
SECOND_COMMITTED := 'P003*' 'P0S3*'
REAL_BUILT := 'SCCP41.9*' 'SCCP70.*'

MKFIRMWARE := $(B)/mkfirmware --key $(F)/test-key.pem
# Each set's command, given where to write.
mk_small_committed = $(MKFIRMWARE) --scale 32 --out $(1) $(SMALL_COMMITTED)
mk_old = $(MKFIRMWARE) --scale 200 --out $(1) $(OLD_COMMITTED)
mk_second = $(MKFIRMWARE) --scale 200 --out $(1) $(SECOND_COMMITTED)
mk_bad = $(MKFIRMWARE) --scale 1000 --out $(1) --refused $(F)/unknown-key.pem

# The generator reads keys and checks its envelopes with the phone's own code.
$(B)/mkfirmware: $(call obj,emu/contract.c emu/core/auth.c emu/core/envelope.c)

.PHONY: samples samples-check samples-refresh
samples: $(F)/small/.built $(F)/real/.built

# The stamp lies beside the files: who removes the directory gets both anew.
$(F)/small/.built: $(B)/mkfirmware $(KEYS)
	$(MKFIRMWARE) --scale 32 --out $(@D) $(SMALL_BUILT) > $(B)/samples-small.txt
	touch $@
$(F)/real/.built: $(B)/mkfirmware $(KEYS)
	$(MKFIRMWARE) --out $(@D) $(REAL_BUILT) > $(B)/samples-real.txt
	touch $@

samples-check: $(B)/mkfirmware
	rm -rf $(B)/samples && mkdir -p $(B)/samples
	$(call mk_small_committed,$(B)/samples/small) > $(B)/samples/small.txt
	$(call mk_old,$(B)/samples/old) > $(B)/samples/old.txt
	$(call mk_second,$(B)/samples/second) > $(B)/samples/second.txt
	$(call mk_bad,$(B)/samples/bad) > $(B)/samples/bad.txt
	cd $(B)/samples/small && LC_ALL=C sha256sum * | cmp - $(CURDIR)/$(F)/small/SHA256SUMS
	cd $(F)/small && sha256sum --quiet --strict -c SHA256SUMS
	diff -r $(B)/samples/old $(F)/old
	diff -r $(B)/samples/second $(F)/second
	diff -r $(B)/samples/bad $(F)/bad
	@echo "samples: the committed files are what the generator writes"

samples-refresh: $(B)/mkfirmware
	rm -rf $(B)/samples $(F)/bad $(F)/old $(F)/second && mkdir -p $(B)/samples
	$(call mk_small_committed,$(B)/samples/small)
	cd $(B)/samples/small && LC_ALL=C sha256sum * > SHA256SUMS
	mkdir -p $(F)/small && cp $(B)/samples/small/* $(F)/small/
	$(call mk_old,$(F)/old)
	$(call mk_second,$(F)/second)
	$(call mk_bad,$(F)/bad)
